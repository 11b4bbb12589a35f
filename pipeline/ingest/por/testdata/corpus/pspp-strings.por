ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202401016/000
0001E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu46/5C/77/2/A71/7/0/1/7/0/78/2/A81/8/0/
1/8/0/79/2/A91/9/0/1/9/0/70/1/N5/2/0/5/2/0/7G/3/A161/G/0/1/G/0/78F/4/A2551/8F/0/
1/8F/0/F7/12345678/123456789/1234567891/G/12345678901234568F/long               
                                                                                
                                                                                
                                                                            7/  
     8/        9/         *.G/                8F/                               
                                                                                
                                                                                
                                                                7/ lead  8/a b  
   9/trail    3/G/é ü €       8F/naïve café                               
                                                                                
                                                                                
                                                    7/x      8/        9/1234567
8 4/G/        9       8F/                                                       
                                                                                
                                                                                
                                        ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ
