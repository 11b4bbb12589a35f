ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202401016/000
0001E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu44/5C/70/1/A5/9/2/5/9/2/70/1/B5/9/2/5/
9/2/75/1/S1/5/0/1/5/0/78F/1/L1/8F/0/1/8F/0/F*.*.5/     8F/                      
                                                                                
                                                                                
                                                                         *.*.5/ 
    8F/                                                                         
                                                                                
                                                                                
                      ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ
